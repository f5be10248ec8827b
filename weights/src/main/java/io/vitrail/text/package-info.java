/** What every message about an unknown name needs. */
@NullMarked
package io.vitrail.text;

import org.jspecify.annotations.NullMarked;
