/**
 * Everything that decides what a training gives, as one record that is read from and written to
 * JSON or YAML; and the recipes of papers by name.
 *
 * <p>Start at {@link io.vitrail.training.recipe.Recipe}.
 */
@NullMarked
package io.vitrail.training.recipe;

import org.jspecify.annotations.NullMarked;
