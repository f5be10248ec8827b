/**
 * Labelled images, and batches of them made by many threads.
 *
 * <p>Start at {@link io.vitrail.training.data.DataSets}, which opens what there is, and at {@link
 * io.vitrail.training.data.Loader}.
 */
@NullMarked
package io.vitrail.training.data;

import org.jspecify.annotations.NullMarked;
