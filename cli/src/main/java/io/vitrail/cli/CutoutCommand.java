package io.vitrail.cli;

import io.vitrail.cutout.Cutout;
import io.vitrail.cutout.CutoutOptions;
import io.vitrail.cutout.CutoutOptions.CleanUp;
import io.vitrail.cutout.CutoutOptions.Style;
import io.vitrail.hub.HubException;
import io.vitrail.hub.UnknownModelException;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cuts the foreground out of photos. */
@Command(
    name = "cutout",
    sortOptions = false,
    header = "Cut the foreground out of photos.",
    description = {
      "",
      "Writes NAME-cutout.png beside each photo, or with -o into a file or folder. The first use"
          + " fetches the model. One bad file does not stop a batch: failures are listed at the"
          + " end, and the exit code is then 1.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  vitrail cutout photo.jpg                         writes photo-cutout.png",
      "  vitrail cutout photo.jpg -o cat.webp             another name and format",
      "  vitrail cutout photos/ -o cutouts/ --resume      a folder, also in two goes",
      "  vitrail cutout photo.jpg --background white --format jpg",
      "  vitrail cutout photo.jpg --background beach.jpg  onto another picture",
      "  vitrail cutout photo.jpg --only-mask             white is foreground",
      "  cat photo.jpg | vitrail cutout - > cutout.png    in a pipe"
    })
final class CutoutCommand implements Callable<Integer> {
  /** What colours the pixels of soft edges get. */
  enum Foreground {
    ESTIMATE,
    NONE;

    CutoutOptions.Foreground option() {
      return this == ESTIMATE ? CutoutOptions.Foreground.ESTIMATE : CutoutOptions.Foreground.PHOTO;
    }
  }

  private final Io io;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IN",
      arity = "1..*",
      description =
          "Photos, or folders with photos (all the way down, hidden files left out), or - for"
              + " standard input. Reads PNG, JPEG, WebP, TIFF, BMP, GIF.")
  private List<Path> inputs;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description =
          "A file, - for standard output, or a folder, in which the tree of IN is mirrored as"
              + " NAME.png. Without it: NAME-cutout.png beside each photo, or standard output if"
              + " IN is -.")
  private @Nullable Path output;

  @Option(
      names = "--model",
      paramLabel = "NAME|FILE",
      defaultValue = Cutout.DEFAULT_MODEL,
      description =
          "A name of 'vitrail models list', or IS-Net weights of your own (.safetensors, .pth,"
              + " .onnx). Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(names = "--only-mask", description = "Write the opacity alone, white is foreground.")
  private boolean onlyMask;

  @Option(
      names = "--background",
      paramLabel = "COLOUR|IMAGE",
      description =
          "Lay the cutout over a colour (white, #rrggbb, 255,128,0) or over a picture, which is"
              + " scaled to cover it and cropped around its centre.")
  private @Nullable String background;

  @Option(
      names = "--post-process",
      description = "Remove specks and smooth the outline; makes edges hard (rembg's -ppm).")
  private boolean postProcess;

  @Option(
      names = "--foreground",
      paramLabel = "estimate|none",
      defaultValue = "estimate",
      description =
          "Colours of soft edges: without the background that shines through, or as in the"
              + " photo. Default: ${DEFAULT-VALUE}.")
  private Foreground foreground;

  @Option(
      names = "--style",
      paramLabel = "authors|rembg",
      defaultValue = "authors",
      description =
          "Whose preparation to follow: the model's authors, or rembg to the last bit. Default:"
              + " ${DEFAULT-VALUE}.")
  private Style style;

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "1024",
      description =
          "Side in pixels of what the network sees, a multiple of 32: smaller is faster and"
              + " coarser. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--precision",
      paramLabel = "auto|f32|bf16",
      defaultValue = "auto",
      description =
          "Numbers of the network; auto is bf16 where the processor has it. Default:"
              + " ${DEFAULT-VALUE}.")
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the network. Default: one for each core.")
  private @Nullable Integer threads;

  @Option(
      names = "--format",
      paramLabel = "png|jpg|webp",
      description = "Format of the results. Default: that of OUT's name, else png.")
  private @Nullable OutputFormat format;

  @Option(
      names = "--resume",
      description = "Leave out photos whose result is there and not older than the photo.")
  private boolean resume;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show failures only.")
  private boolean quiet;

  CutoutCommand(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws IOException {
    CutoutOptions options = options();
    Planner planner = planner();
    Finish finish = finish();
    if (planner.format() == OutputFormat.JPG && !finish.isOpaque()) {
      throw misused(
          "JPEG has no transparency; add --background COLOUR, or write png or webp (--format)");
    }
    ModelChoice choice = model();
    prepareOutput(planner);
    Plan plan = planner.plan(resume);
    if (threads != null) {
      Engine.setThreads(threads);
    }
    Progress progress = new Progress(io, quiet, plan.tasks().size(), System::nanoTime);
    Batch batch =
        new Batch(io, () -> choice.open(options), finish, planner.format().options(), progress);
    List<Failure> failures = new ArrayList<>(plan.failures());
    failures.addAll(batch.run(plan.tasks()));
    return summary(plan, failures, progress.seconds());
  }

  private CutoutOptions options() {
    if (threads != null && threads < 1) {
      throw misused("--threads must be at least 1, got " + threads);
    }
    try {
      return CutoutOptions.DEFAULT
          .withInputSize(size)
          .withPrecision(precision)
          .withStyle(style)
          .withForeground(foreground.option())
          .withCleanUp(postProcess ? CleanUp.YES : CleanUp.NO);
    } catch (IllegalArgumentException e) {
      throw misused("--size: " + e.getMessage());
    }
  }

  private Planner planner() {
    try {
      return new Planner(inputs, Optional.ofNullable(output), Optional.ofNullable(format));
    } catch (Planner.Misused e) {
      throw misused(e.getMessage());
    }
  }

  private Finish finish() throws IOException {
    if (onlyMask && background != null) {
      throw misused("--only-mask and --background exclude one another: a mask has no background");
    }
    if (onlyMask) {
      return new Finish.Mask();
    }
    return background == null
        ? new Finish.Transparent()
        : new Finish.Over(Background.parse(background));
  }

  private ModelChoice model() throws HubException {
    try {
      return ModelChoice.parse(
          model, "cutout", io.hub(), new PullProgress(io, quiet, System::nanoTime));
    } catch (UnknownModelException e) {
      throw misused("--model: " + e.getMessage());
    }
  }

  /** Before any work: a folder that cannot be made would fail every photo. */
  private void prepareOutput(Planner planner) throws IOException {
    Optional<Path> folder = planner.outputFolder();
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
      if (!Files.isWritable(folder.get())) {
        throw new IOException(
            "cannot write into '%s': no permission; give another folder with -o"
                .formatted(folder.get()));
      }
    }
  }

  private int summary(Plan plan, List<Failure> failures, double seconds) {
    int total = plan.tasks().size() + plan.failures().size() + plan.skipped();
    if (total == 1 && failures.size() == 1) {
      io.say("vitrail: %s", failures.get(0));
    } else if (total > 1) {
      int made = total - plan.skipped() - failures.size();
      if (!quiet) {
        io.say(
            "%d made, %d there already, %d failed, in %s",
            made, plan.skipped(), failures.size(), Amounts.seconds(seconds));
      }
      failures.forEach(failure -> io.say("failed: %s", failure));
    }
    return failures.isEmpty() ? 0 : 1;
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
