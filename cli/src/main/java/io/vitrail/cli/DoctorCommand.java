package io.vitrail.cli;

import io.vitrail.hub.HubException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says whether this machine is ready, and what to mend. */
@Command(
    name = "doctor",
    header = "Check this machine, and say what to fix.",
    description = {"", "Fetches nothing. Exit code 0 if Vitrail can run here.", ""},
    footer = {"", "Example:", "  vitrail doctor"})
final class DoctorCommand implements Callable<Integer> {
  private final Io io;

  DoctorCommand(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws HubException {
    List<Finding> findings = new Checkup(io).run();
    List<List<String>> rows = new ArrayList<>();
    findings.forEach(finding -> rows.add(List.of(finding.topic(), finding.text())));
    Table.of(rows).forEach(io.out()::println);
    List<Finding> open = findings.stream().filter(finding -> !finding.fix().isEmpty()).toList();
    io.out().println();
    io.out().println(open.isEmpty() ? "Nothing to fix." : "What to fix:");
    open.forEach(finding -> io.out().println("  " + finding.topic() + ": " + finding.fix()));
    return Checkup.isUsable(findings) ? 0 : 1;
  }
}
