package io.vitrail.cli;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.Hub.UnknownFile;
import io.vitrail.hub.HubException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a file of the user's as a model's weights. */
@Command(
    name = "import",
    header = "Take a file that you have as a model's weights.",
    footer = {
      "",
      "Examples:",
      "  vitrail models import isnet-general-use isnet-general-use.pth",
      "  vitrail models import isnet-general-use my-own.safetensors --accept-unknown"
    })
final class ModelsImport implements Callable<Integer> {
  private final Io io;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "The model: a name of 'vitrail models list'.")
  private String name;

  @Parameters(index = "1", paramLabel = "FILE", description = "Its weights; they are copied.")
  private Path file;

  @Option(
      names = "--accept-unknown",
      description = "Take the file even if its checksum is not one of the model's.")
  private boolean acceptUnknown;

  ModelsImport(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws HubException {
    UnknownFile unknown = acceptUnknown ? UnknownFile.ACCEPT : UnknownFile.REFUSE;
    try {
      CachedFile cached = io.hub().importFile(name, file, unknown);
      io.out().println(cached.path());
      return 0;
    } catch (HubException e) {
      if (!acceptUnknown && e.getMessage().endsWith("import it as an unknown file")) {
        throw new HubException(e.getMessage() + ": --accept-unknown", e);
      }
      throw e;
    }
  }
}
