/**
 * Where model files come from: model cards, their sources, and the verified cache.
 *
 * <p>Start with {@link io.vitrail.hub.Hub}: {@code Hub.standard().fetch("isnet-general-use",
 * events)} returns a verified file on disk, fetching it first if need be. A {@link
 * io.vitrail.hub.ModelCard} is data (a JSON resource); a {@link io.vitrail.hub.Source} says how one
 * of its files is got: a Hugging Face repository, a plain HTTPS address, or a package that the
 * user's own {@code npm} or {@code pip} downloads.
 *
 * <p>No file is returned that was not checked against its card. No weights are part of this
 * library.
 */
@NullMarked
package io.vitrail.hub;

import org.jspecify.annotations.NullMarked;
