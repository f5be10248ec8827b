package io.vitrail.training;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Running means of named numbers, weighted by images. They are part of a checkpoint, so that an
 * interrupted epoch logs what an uninterrupted one does.
 *
 * @param sums by name, of value times images
 * @param images that went into each sum
 */
record Means(Map<String, Double> sums, Map<String, Long> images) {
  Means() {
    this(new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  void add(String name, double value, long count) {
    sums.merge(name, value * count, Double::sum);
    images.merge(name, count, Long::sum);
  }

  Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    sums.forEach((name, sum) -> values.put(name, sum / images.get(name)));
    return values;
  }
}
