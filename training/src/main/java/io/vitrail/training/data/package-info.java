/**
 * Labelled images, and batches of them made by many threads.
 *
 * <p>Start at {@link io.vitrail.training.data.Dataset}.
 */
@NullMarked
package io.vitrail.training.data;

import org.jspecify.annotations.NullMarked;
