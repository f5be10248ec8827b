package io.vitrail.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.TrainingState.Best;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The files of a run.
 *
 * <p>{@code resume.safetensors} holds all that a training needs to go on: weights, optimiser,
 * running average, position. It is one file, written under a temporary name and renamed, so there
 * is no moment at which its parts disagree. The bare weights beside it ({@code last}, {@code best},
 * {@code best-epoch-N}) are written before it: whatever it counts as done is on the disk.
 */
final class RunFolder {
  static final String RESUME = "resume.safetensors";
  static final String LAST = "last.safetensors";
  static final String LAST_EMA = "last-ema.safetensors";
  static final String BEST = "best.safetensors";

  private static final String STATE = "vitrail.state";
  private static final String PART = ".part"; // as weight files end while they are written
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * What a training goes on from.
   *
   * @param state position and best validations
   * @param notes texts that were saved with it
   * @param tensors by keys such as {@code model/head.weight}; readable until the file is replaced
   */
  record Saved(TrainingState state, Map<String, String> notes, StateDict tensors) {
    /** The tensors whose keys begin with {@code part/}, copied into the open scope. */
    Map<String, Tensor> tensors(String part) {
      StateDict of = tensors.under(part + "/");
      Map<String, Tensor> copies = new LinkedHashMap<>();
      of.keys().forEach(key -> copies.put(key, of.tensor(key)));
      return copies;
    }
  }

  Path path() {
    return folder;
  }

  boolean hasCheckpoint() {
    return Files.exists(folder.resolve(RESUME));
  }

  /** Makes the folder and removes what a killed process left half written. */
  void prepare() throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, ".*" + PART)) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  /** Writes weights alone, as timm reads them. */
  void saveWeights(String name, StateDict weights, Map<String, String> notes) throws IOException {
    save(name, weights, notes);
  }

  /** Writes what a training goes on from, then removes weights no longer among the best. */
  void saveState(TrainingState state, StateDict tensors, Map<String, String> notes)
      throws IOException {
    Map<String, String> texts = new LinkedHashMap<>(notes);
    texts.put(STATE, JSON.writeValueAsString(state));
    save(RESUME, tensors, texts);
    removeAllBut(state.best());
  }

  /** The file of a validation among the best, where several are kept. */
  static String bestOf(int epochs) {
    return String.format(Locale.ROOT, "best-epoch-%04d.safetensors", epochs);
  }

  /** The newest checkpoint; nothing if there is none. */
  Optional<Saved> load() throws IOException {
    Path file = folder.resolve(RESUME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Weights weights = Weights.open(file)) {
      String state = weights.metadata().get(STATE);
      if (state == null) {
        throw new TrainingException(
            "'%s' is no checkpoint of a training: it has no %s; give the folder of a run"
                .formatted(file, STATE));
      }
      return Optional.of(
          new Saved(
              JSON.readValue(state, TrainingState.class),
              weights.metadata(),
              StateDict.of(weights)));
    } catch (JsonProcessingException e) {
      throw new TrainingException(
          "'%s' was written by another version of Vitrail: %s"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  private void removeAllBut(List<Best> best) throws IOException {
    Set<String> kept = best.stream().map(b -> bestOf(b.epochs())).collect(Collectors.toSet());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, "best-epoch-*.safetensors")) {
      for (Path file : files) {
        if (!kept.contains(String.valueOf(file.getFileName()))) {
          Files.delete(file);
        }
      }
    }
  }

  private void save(String name, StateDict tensors, Map<String, String> notes) throws IOException {
    Path file = folder.resolve(name);
    try {
      tensors.save(file, notes);
    } catch (IOException e) {
      throw new IOException(
          "cannot write the checkpoint '%s': %s (%d MB free); the checkpoint before it is whole:"
                  .formatted(file, reason(e), freeMegabytes())
              + " make room, then go on with --resume",
          e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }

  private long freeMegabytes() {
    try {
      return Files.getFileStore(folder).getUsableSpace() >> 20;
    } catch (IOException e) {
      return 0;
    }
  }
}
