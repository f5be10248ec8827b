/**
 * What training makes small, and how a batch becomes gradients.
 *
 * <p>Start at {@link io.vitrail.training.objective.Objective}.
 */
@NullMarked
package io.vitrail.training.objective;

import org.jspecify.annotations.NullMarked;
