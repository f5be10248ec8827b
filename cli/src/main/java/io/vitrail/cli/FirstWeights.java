package io.vitrail.cli;

import io.vitrail.hub.FetchEvents;
import io.vitrail.hub.FileFormat;
import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.vision.zoo.WeightNotes;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Weights that a training starts from.
 *
 * @param name a weight file, or a card of the hub
 */
record FirstWeights(String name, Hub hub) {

  /** What they say about themselves, so that the recipe need not: network and input. */
  List<String> settings() throws IOException {
    if (isFile()) {
      try (Weights file = Weights.open(Path.of(name))) {
        return WeightNotes.of(file.metadata())
            .map(notes -> settings(notes.architecture(), notes.mean(), notes.std()))
            .orElse(List.of());
      }
    }
    return card()
        .map(
            card ->
                settings(
                    card.architecture(), card.preprocessing().mean(), card.preprocessing().std()))
        .orElse(List.of());
  }

  private static List<String> settings(String network, List<Double> mean, List<Double> std) {
    return List.of(
        "model.name=" + network,
        "augment.channels=" + mean.size(),
        "augment.mean=" + list(mean),
        "augment.std=" + list(std));
  }

  private static String list(List<Double> values) {
    return String.join(",", values.stream().map(String::valueOf).toList());
  }

  /**
   * The file, fetched if need be.
   *
   * @throws HubException if there is none; the message has near names
   */
  Path fetch(FetchEvents events) throws IOException {
    if (isFile()) {
      return Path.of(name);
    }
    boolean looksLikeFile =
        FileFormat.ofFileName(name).isPresent() || Path.of(name).getNameCount() > 1;
    if (card().isEmpty() && looksLikeFile) {
      throw new HubException("there is no weight file '%s'; check the path".formatted(name));
    }
    return hub.fetch(name, events).path();
  }

  private boolean isFile() {
    return Files.isRegularFile(Path.of(name));
  }

  private Optional<ModelCard> card() {
    return hub.cards().stream().filter(card -> card.name().equals(name)).findFirst();
  }
}
