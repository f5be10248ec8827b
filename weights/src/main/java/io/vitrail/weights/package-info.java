/**
 * Weight files: what networks are saved in, read and written without Python.
 *
 * <p>Start at {@link io.vitrail.weights.Weights#open}: it looks into the file, picks the reader and
 * gives named tensors. {@link io.vitrail.weights.StoredTensor} is one of them: a name, an element
 * type, a shape and its bytes, usually straight from the memory-mapped file. {@link
 * io.vitrail.weights.Safetensors} also writes, and is the format of ours.
 *
 * <p>The readers trust nothing they read: lengths are checked against the file before memory is
 * taken, pickles are never executed ({@link io.vitrail.weights.TorchFile}), and a file that does
 * not hold what it claims ends in one {@link io.vitrail.weights.MalformedWeightsException} line.
 */
@NullMarked
package io.vitrail.weights;

import org.jspecify.annotations.NullMarked;
