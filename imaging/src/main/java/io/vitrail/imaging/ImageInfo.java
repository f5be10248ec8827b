package io.vitrail.imaging;

/**
 * What a file's header says, read without decoding.
 *
 * @param format told by the content, not by the file's name
 * @param width pixels as stored, before any turn
 * @param height pixels as stored, before any turn
 * @param orientation how the picture lies, from EXIF; upright when it does not say
 */
public record ImageInfo(ImageFormat format, int width, int height, Orientation orientation) {}
