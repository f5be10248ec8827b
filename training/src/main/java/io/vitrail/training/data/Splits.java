package io.vitrail.training.data;

/** Images to train on and images to measure with, of the same classes. */
public record Splits(Dataset train, Dataset val) {
  public Splits {
    Check.that(
        train.classes().equals(val.classes()),
        "train has the classes %s, val has %s",
        train.classes(),
        val.classes());
  }
}
