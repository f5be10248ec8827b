package io.vitrail.training.reproduce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All runs in a CSV file, complete seeds or not. */
final class RunTable {
  private RunTable() {}

  static void write(List<Study> studies, RunStore store, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("study,arm,epochs,seed,top1,nll,hidden_top1,train_nll");
    for (Study study : studies) {
      for (Arm arm : study.arms()) {
        for (int seed = 0; seed < study.seeds(); seed++) {
          store.find(study, arm, seed).ifPresent(result -> lines.add(line(result)));
        }
      }
    }
    Files.write(file, lines);
  }

  private static String line(RunResult result) {
    return String.format(
        Locale.ROOT,
        "%s,%s,%d,%d,%.5f,%.5f,%.5f,%.6f",
        result.study(),
        result.arm(),
        result.epochs(),
        result.seed(),
        result.top1(),
        result.nll(),
        result.hiddenTop1(),
        result.trainNll());
  }
}
