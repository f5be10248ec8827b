/**
 * Training in several processes that each see a part of every batch.
 *
 * <p>Start at {@link io.vitrail.training.distributed.Distributed}.
 */
@NullMarked
package io.vitrail.training.distributed;

import org.jspecify.annotations.NullMarked;
