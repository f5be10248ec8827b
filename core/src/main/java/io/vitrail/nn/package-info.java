/**
 * Networks as trees of {@link io.vitrail.nn.Layer}s with named parameters: the keys of a state dict
 * are PyTorch's, to the letter.
 *
 * <p>Start at {@link io.vitrail.nn.Layer}; {@link io.vitrail.nn.StateDict} connects a tree with a
 * weight file, {@link io.vitrail.nn.Init} has the usual random starts.
 */
@NullMarked
package io.vitrail.nn;

import org.jspecify.annotations.NullMarked;
