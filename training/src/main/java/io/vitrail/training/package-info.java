/**
 * Training: a loop that can be stopped at any moment and goes on as if it had not been.
 *
 * <p>Start at {@link io.vitrail.training.Trainer}.
 */
@NullMarked
package io.vitrail.training;

import org.jspecify.annotations.NullMarked;
