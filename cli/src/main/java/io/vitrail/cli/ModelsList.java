package io.vitrail.cli;

import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCard.Support;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints a table of the models. */
@Command(
    name = "list",
    header = "Show all models in a table.",
    footer = {"", "Example:", "  vitrail models list"})
final class ModelsList implements Callable<Integer> {
  private final Io io;

  ModelsList(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws HubException {
    Hub hub = io.hub();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "TASK", "SIZE", "LICENCE", "FILE", "RUNS"));
    for (ModelCard card : hub.cards()) {
      rows.add(
          List.of(
              card.name(),
              card.task(),
              card.size().isPresent() ? Amounts.bytes(card.size().getAsLong()) : "?",
              card.licence(),
              hub.cached(card.name()).isPresent() ? "cached" : "-",
              card.support() == Support.READY ? "yes" : "planned"));
    }
    Table.of(rows).forEach(io.out()::println);
    return 0;
  }
}
