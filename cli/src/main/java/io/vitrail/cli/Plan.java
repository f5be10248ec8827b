package io.vitrail.cli;

import java.util.List;

/**
 * Which file becomes which.
 *
 * @param tasks in the order they are done
 * @param failures inputs that nothing can be made of
 * @param skipped how many results were there already
 */
record Plan(List<Task> tasks, List<Failure> failures, int skipped) {
  Plan {
    tasks = List.copyOf(tasks);
    failures = List.copyOf(failures);
  }
}
