/**
 * What the tests of all modules share, packaged as a test jar: {@link
 * io.vitrail.testkit.TensorAssertions}, {@link io.vitrail.testkit.Goldens}, {@link
 * io.vitrail.testkit.Leaks}, {@link io.vitrail.testkit.Seeds}, {@link io.vitrail.testkit.Waves}.
 */
@NullMarked
package io.vitrail.testkit;

import org.jspecify.annotations.NullMarked;
