package io.vitrail.vision.zoo;

import io.vitrail.vision.ImageModel;
import java.util.List;

/**
 * A network with weights of a file.
 *
 * @param model the network; close it to free them
 * @param notes what had to be done to make the file fit, a line for each thing; empty if it did
 */
public record LoadedModel(ImageModel model, List<String> notes) implements AutoCloseable {
  public LoadedModel {
    notes = List.copyOf(notes);
  }

  @Override
  public void close() {
    model.close();
  }
}
