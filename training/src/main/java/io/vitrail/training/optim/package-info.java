/**
 * What steers an {@link io.vitrail.tensor.Optimizer}: which tensors it changes and by how much, how
 * the learning rate goes, and the running average of the weights.
 *
 * <p>One update of a training:
 *
 * <pre>{@code
 * optimizer.setLearningRate(schedule.at(update, updatesPerEpoch));
 * optimizer.zeroGrad();
 * for (Batch part : parts) {                       // gradient accumulation: weight 1 / parts
 *   objective.backward(model, part);
 * }
 * double norm = Gradients.clipNorm(optimizer.tensors(), maxNorm);
 * if (Double.isFinite(norm)) {
 *   optimizer.step();
 *   ema.update();
 * }
 * }</pre>
 */
@NullMarked
package io.vitrail.training.optim;

import org.jspecify.annotations.NullMarked;
