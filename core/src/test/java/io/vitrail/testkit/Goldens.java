package io.vitrail.testkit;

import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Results of the reference implementation, from a safetensors file among the test resources. */
public final class Goldens implements AutoCloseable {
  private final Weights file;
  private final StateDict tensors;

  private Goldens(Weights file) {
    this.file = file;
    this.tensors = StateDict.of(file);
  }

  /** Opens a resource such as {@code goldens/ops.safetensors} of the module under test. */
  public static Goldens open(String resource) {
    try {
      return new Goldens(Weights.open(path(resource)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file behind a resource. */
  public static Path path(String resource) {
    URL url = Goldens.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new IllegalArgumentException("no test resource '" + resource + "'");
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The tensor called {@code name}, in the open scope. */
  public Tensor tensor(String name) {
    return tensors.tensor(name);
  }

  public boolean has(String name) {
    return tensors.keys().contains(name);
  }

  public List<String> names() {
    return file.names();
  }

  /** Text that the script noted. */
  public Map<String, String> notes() {
    return file.metadata();
  }

  @Override
  public void close() {
    file.close();
  }
}
