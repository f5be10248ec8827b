package io.vitrail.vision.zoo;

import io.vitrail.nn.StateDict;
import io.vitrail.vision.ImageModel;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A network that has a name: how it is built, and how weight files for it are read.
 *
 * @param name timm's name, such as {@code vit_base_patch16_224}
 * @param builder makes the network, without numbers
 * @param head path of the layer that gives the scores, such as {@code head} or {@code fc}
 * @param reader fits a weight file to the network
 */
public record Architecture<M extends ImageModel>(
    String name, Function<Overrides, M> builder, String head, Reader<M> reader) {

  /** Fits weight files to a network. */
  @FunctionalInterface
  public interface Reader<M> {
    /**
     * The tensors of {@code file} under the names of {@code model} and in its sizes, apart from the
     * head's. What had to be done is told to {@code notes}, a line for each thing.
     */
    StateDict fit(StateDict file, M model, Consumer<String> notes);
  }

  /** The network, without numbers: they come with {@code init} or {@code load}. */
  public M build(Overrides overrides) {
    return builder.apply(overrides);
  }
}
