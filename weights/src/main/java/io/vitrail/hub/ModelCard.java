package io.vitrail.hub;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is known about one trained model: what it is for, where its files come from, under which
 * licence, and how to prepare an image for it.
 *
 * @param name how users ask for it, such as {@code isnet-general-use}
 * @param title a few words for lists
 * @param task what it does, such as {@code cutout}
 * @param architecture the network that loads it, such as {@code isnet}
 * @param support whether this version of Vitrail runs it
 * @param licence SPDX identifier of the weights' licence
 * @param licenceNote what a user should know before relying on the licence; may be empty
 * @param paper where it was published
 * @param preprocessing what its input must look like
 * @param sources where its files can be had, first choice first
 */
public record ModelCard(
    String name,
    String title,
    String task,
    String architecture,
    Support support,
    String licence,
    String licenceNote,
    String paper,
    Preprocessing preprocessing,
    List<Source> sources) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,80}");

  /** Whether Vitrail can run a model. */
  public enum Support {
    /** Its network is part of this version. */
    READY,
    /** Its files can be fetched, its network is not part of this version. */
    PLANNED
  }

  public ModelCard {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a model name has lower-case letters, digits, '.', '_' and '-' only, got '%s'"
              .formatted(name));
    }
    for (String[] field :
        new String[][] {
          {"title", title},
          {"task", task},
          {"architecture", architecture},
          {"licence", licence},
          {"paper", paper}
        }) {
      if (field[1].isBlank()) {
        throw new IllegalArgumentException("card '%s' has no %s".formatted(name, field[0]));
      }
    }
    sources = List.copyOf(sources);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("card '%s' has no source".formatted(name));
    }
    for (Source source : sources) {
      if (source.file().checksums().isEmpty() && !(source instanceof HubSource)) {
        throw new IllegalArgumentException(
            "card '%s': %s has no checksum; a file that cannot be checked is not fetched"
                .formatted(name, source.file().name()));
      }
    }
    checkNames(name, sources);
  }

  /** Two sources may give one file, but two files must not share a name in the cache. */
  private static void checkNames(String card, List<Source> sources) {
    Map<String, Set<Checksum>> seen = new HashMap<>();
    for (Source source : sources) {
      ModelFile file = source.file();
      if (file.name().startsWith("imported.")) {
        throw new IllegalArgumentException(
            "card '%s': the file name %s is kept for imported files".formatted(card, file.name()));
      }
      Set<Checksum> sums = new HashSet<>(file.checksums());
      Set<Checksum> before = seen.putIfAbsent(file.name(), sums);
      if (before != null && sums.stream().noneMatch(before::contains)) {
        throw new IllegalArgumentException(
            "card '%s' has two different files named %s".formatted(card, file.name()));
      }
    }
  }

  /** Length in bytes of the first choice's file; empty where it is not stated. */
  public OptionalLong size() {
    return sources.get(0).file().size();
  }
}
