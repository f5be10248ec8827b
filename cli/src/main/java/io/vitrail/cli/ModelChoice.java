package io.vitrail.cli;

import io.vitrail.cutout.CutoutOptions;
import io.vitrail.cutout.CutoutSession;
import io.vitrail.hub.FetchEvents;
import io.vitrail.hub.FileFormat;
import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCard.Support;
import io.vitrail.hub.UnknownModelException;
import io.vitrail.vision.classification.ClassifierOptions;
import io.vitrail.vision.classification.ClassifierSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code --model} names: a card of the hub, or a weight file. */
sealed interface ModelChoice {
  /** Opens it for cutouts, fetching it first if need be. */
  CutoutSession open(CutoutOptions options) throws IOException;

  /**
   * Opens it for labels, fetching it first if need be.
   *
   * @param architecture the network that a weight file is of, if it does not say so itself
   */
  ClassifierSession open(ClassifierOptions options, Optional<String> architecture)
      throws IOException;

  /**
   * Tells names from files.
   *
   * @param task what the model is to do, as cards say it
   * @throws UnknownModelException if it is neither a card nor an existing file
   */
  static ModelChoice parse(String text, String task, Hub hub, FetchEvents events)
      throws HubException {
    for (ModelCard card : hub.cards()) {
      if (card.name().equals(text)) {
        return new Named(runnable(card, task).name(), hub, events);
      }
    }
    Path file = Path.of(text);
    if (Files.exists(file)) {
      return new OwnFile(file);
    }
    if (FileFormat.ofFileName(text).isPresent() || file.getNameCount() > 1) {
      throw new HubException("there is no weight file '%s'; check the path".formatted(text));
    }
    return new Named(hub.card(text).name(), hub, events); // throws, with near names
  }

  /** Says no before a download of hundreds of megabytes, not after it. */
  private static ModelCard runnable(ModelCard card, String task) throws HubException {
    if (card.support() == Support.PLANNED) {
      throw new HubException(
          "'%s' can be fetched but not run yet; models that run: vitrail models list"
              .formatted(card.name()));
    }
    if (!card.task().equals(task)) {
      throw new HubException(
          "'%s' is a model for %s, not for %s; models and their tasks: vitrail models list"
              .formatted(card.name(), card.task(), task));
    }
    return card;
  }

  /** A card of the hub. */
  record Named(String name, Hub hub, FetchEvents events) implements ModelChoice {
    @Override
    public CutoutSession open(CutoutOptions options) throws IOException {
      return CutoutSession.open(hub.fetch(name, events), options);
    }

    @Override
    public ClassifierSession open(ClassifierOptions options, Optional<String> architecture)
        throws IOException {
      return ClassifierSession.open(hub.fetch(name, events), options);
    }
  }

  /** A weight file of the user's. */
  record OwnFile(Path file) implements ModelChoice {
    @Override
    public CutoutSession open(CutoutOptions options) throws IOException {
      return CutoutSession.open(file, options);
    }

    @Override
    public ClassifierSession open(ClassifierOptions options, Optional<String> architecture)
        throws IOException {
      return architecture.isPresent()
          ? ClassifierSession.open(file, architecture.get(), options)
          : ClassifierSession.open(file, options);
    }
  }
}
