package io.vitrail.training.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers of one moment of a run.
 *
 * @param part what they are about, such as {@code train} or {@code val}: letters, digits, {@code _}
 *     and {@code -}
 * @param step optimiser steps done so far
 * @param epoch epochs done so far, with fraction
 * @param numbers by name, in the order in which columns are to stand
 */
public record Entry(String part, long step, double epoch, Map<String, Double> numbers) {
  public Entry {
    if (!part.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "part of a log is letters, digits, '_' and '-', got '" + part + "'");
    }
    if (step < 0) {
      throw new IllegalArgumentException("step must be at least 0, got " + step);
    }
    for (String own : List.of("part", "step", "epoch")) {
      if (numbers.containsKey(own)) {
        throw new IllegalArgumentException("an entry has its " + own + " beside its numbers");
      }
    }
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("an entry needs at least one number, got none");
    }
    for (String name : numbers.keySet()) {
      if (!name.matches("[^\\s\",]+")) {
        throw new IllegalArgumentException(
            "name of a number has no blanks, commas and quotes, got '" + name + "'");
      }
    }
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
  }
}
