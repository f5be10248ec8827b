package io.vitrail.hub;

import java.nio.file.Path;

/**
 * A verified model file on this disk.
 *
 * @param card the model
 * @param file which of its files
 * @param path where it lies; read it, do not write it
 */
public record CachedFile(ModelCard card, ModelFile file, Path path) {}
