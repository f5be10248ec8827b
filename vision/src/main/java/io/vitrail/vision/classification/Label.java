package io.vitrail.vision.classification;

/**
 * What an image may show.
 *
 * @param index position of the class among the scores, from 0
 * @param name of the class
 * @param probability in [0, 1]; those of all classes sum to 1
 */
public record Label(int index, String name, double probability) {}
