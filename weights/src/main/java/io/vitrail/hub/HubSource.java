package io.vitrail.hub;

import java.util.regex.Pattern;

/**
 * A file in a Hugging Face model repository, kept in the cache that all hub libraries share.
 *
 * @param repository {@code organisation/name}
 * @param revision a commit (40 digits, never changes) or a branch or tag
 * @param path the file's path in the repository
 * @param file what it must be
 */
public record HubSource(String repository, String revision, String path, ModelFile file)
    implements Source {

  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  public HubSource {
    if (!REPOSITORY.matcher(repository).matches()) {
      throw new IllegalArgumentException(
          "a hub repository reads 'organisation/name', got '%s'".formatted(repository));
    }
    Names.relativePath("revision", revision);
    Names.relativePath("path", path);
  }

  boolean isPinned() {
    return COMMIT.matcher(revision).matches();
  }

  @Override
  public String describe() {
    return "Hugging Face " + repository;
  }
}
