/**
 * A photo in, a cutout out.
 *
 * <p>Start at {@link io.vitrail.cutout.Cutout#open(String)}:
 *
 * <pre>{@code
 * try (CutoutSession session = Cutout.open("isnet-general-use")) {
 *   Cutout cutout = session.remove(Images.read(Path.of("photo.jpg")));
 *   Images.write(cutout.image(), Path.of("cutout.png"));
 * }
 * }</pre>
 */
@NullMarked
package io.vitrail.cutout;

import org.jspecify.annotations.NullMarked;
