/**
 * Tensors over libtorch: the one package that touches {@code org.bytedeco.pytorch}.
 *
 * <p>Start at {@link io.vitrail.tensor.Tensor} for what a tensor does, {@link
 * io.vitrail.tensor.Scope} for when it dies, {@link io.vitrail.tensor.F} for the operators of
 * networks, {@link io.vitrail.tensor.Mode} for no-grad and autocast.
 */
@NullMarked
package io.vitrail.tensor;

import org.jspecify.annotations.NullMarked;
