/** From photos to labels. Start at {@link io.vitrail.vision.classification.ClassifierSession}. */
@NullMarked
package io.vitrail.vision.classification;

import org.jspecify.annotations.NullMarked;
