/**
 * What a run writes down: TensorBoard event files, CSV, JSON lines, and plots of its curves.
 *
 * <p>Start at {@link io.vitrail.training.log.RunLog}.
 */
@NullMarked
package io.vitrail.training.log;

import org.jspecify.annotations.NullMarked;
