package io.vitrail.cli;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.Checksum;
import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCard.Support;
import io.vitrail.hub.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints what is known about a model. */
@Command(
    name = "show",
    header = "Show what is known about a model.",
    footer = {"", "Example:", "  vitrail models show isnet-general-use"})
final class ModelsShow implements Callable<Integer> {
  private final Io io;

  @Parameters(paramLabel = "NAME", description = "A name of 'vitrail models list'.")
  private String name;

  ModelsShow(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws HubException {
    Hub hub = io.hub();
    ModelCard card = hub.card(name);
    Optional<CachedFile> cached = hub.cached(name);
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("name", card.name()));
    rows.add(List.of("title", card.title()));
    rows.add(List.of("task", card.task()));
    rows.add(List.of("network", card.architecture()));
    rows.add(List.of("runs", card.support() == Support.READY ? "yes" : "planned"));
    rows.add(List.of("licence", card.licence()));
    if (!card.licenceNote().isEmpty()) {
      rows.add(List.of("", card.licenceNote()));
    }
    rows.add(List.of("paper", card.paper()));
    rows.add(List.of("file", cached.map(file -> file.path().toString()).orElse("not fetched yet")));
    for (Source source : card.sources()) {
      rows.add(List.of("source", source.describe()));
      rows.add(List.of("", source.file().name() + size(source) + note(source)));
      rows.add(List.of("", checksum(source)));
    }
    Table.of(rows).forEach(io.out()::println);
    return 0;
  }

  private static String checksum(Source source) {
    return source
        .file()
        .checksum()
        .map(Checksum::toString)
        .orElse("whatever SHA-256 the hub states when it is fetched");
  }

  private static String size(Source source) {
    return source.file().size().isPresent()
        ? ", " + Amounts.bytes(source.file().size().getAsLong())
        : "";
  }

  private static String note(Source source) {
    return source.file().note().isEmpty() ? "" : ", " + source.file().note();
  }
}
