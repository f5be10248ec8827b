package io.vitrail.nn;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A part of a network: a tree of layers with named parameters and buffers.
 *
 * <p>A layer declares its tensors and children under the reference's names, and the keys of the
 * state dict follow, such as {@code blocks.0.attn.qkv.weight}. Children that map one tensor to one
 * are {@link Slot}s, whose content can be replaced or wrapped from outside. A tree owns its tensors
 * and frees them in {@link #close}. Reading it from many threads at once is fine, changing it is
 * not.
 */
public abstract class Layer implements AutoCloseable {
  private final Map<String, Param> params = new LinkedHashMap<>();
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private boolean training;
  private @Nullable Rng rng;

  // ---- declaring, in constructors

  /** Declares a parameter of float32. */
  protected final Param param(String name, long... shape) {
    return declare(new Param(name, Param.Kind.PARAMETER, DType.F32, shape));
  }

  /** Declares a buffer: in the state dict, never trained. */
  protected final Param buffer(String name, DType dtype, long... shape) {
    return declare(new Param(name, Param.Kind.BUFFER, dtype, shape));
  }

  /** Declares a child that stays. */
  protected final <L extends Layer> L child(String name, L layer) {
    return attach(name, new Slot(name, layer, false), layer);
  }

  /** Declares a child from one tensor to one, which may be replaced later. */
  protected final Slot slot(String name, UnaryLayer layer) {
    Slot slot = new Slot(name, layer, true);
    return attach(name, slot, slot);
  }

  private Param declare(Param param) {
    checkName(param.name());
    params.put(param.name(), param);
    return param;
  }

  private <T> T attach(String name, Slot slot, T result) {
    checkName(name);
    slots.put(name, slot);
    return result;
  }

  private void checkName(String name) {
    if (name.isEmpty()
        || name.contains(".")
        || params.containsKey(name)
        || slots.containsKey(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is taken, empty or has a dot in " + getClass().getSimpleName());
    }
  }

  // ---- looking around

  /** Direct children by name. */
  public final Map<String, Layer> children() {
    Map<String, Layer> children = new LinkedHashMap<>();
    slots.forEach((name, slot) -> children.put(name, slot.content()));
    return children;
  }

  /** All layers below and this one by path; its own path is empty. */
  public final Map<String, Layer> layers() {
    Map<String, Layer> all = new LinkedHashMap<>();
    walk("", all::put);
    return all;
  }

  /** The layer at a path such as {@code blocks.0.attn}. */
  public final Layer layer(String path) {
    Layer found = layers().get(path);
    if (found == null) {
      throw new IllegalArgumentException(
          "no layer '" + path + "'" + Near.hint(path, layers().keySet()));
    }
    return found;
  }

  /** All parameters and buffers by state-dict key, in PyTorch's order. */
  public final Map<String, Param> state() {
    Map<String, Param> state = new LinkedHashMap<>();
    walk("", (path, layer) -> layer.params.forEach((name, p) -> state.put(join(path, name), p)));
    return state;
  }

  /** The parameters that training changes, in the order of {@link #state()}. */
  public final List<Tensor> trainable() {
    return state().values().stream().filter(Param::isTrainable).map(Param::value).toList();
  }

  /** Counts parameters, without buffers. */
  public final ParamReport report() {
    return ParamReport.of(this);
  }

  private void walk(String path, BiConsumer<String, Layer> visitor) {
    visitor.accept(path, this);
    slots.forEach((name, slot) -> slot.content().walk(join(path, name), visitor));
  }

  private void walk(Consumer<Layer> visitor) {
    walk("", (path, layer) -> visitor.accept(layer));
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  // ---- numbers

  /** Gives every parameter below its usual random start, and every buffer its first value. */
  public final Layer init(Rng rng) {
    slots.values().forEach(slot -> slot.content().init(rng));
    initOwn(rng);
    return this;
  }

  /**
   * Sets this layer's own parameters and buffers; the default has none. Children come first, so
   * that a network can give the layers below a start of its own.
   */
  protected void initOwn(Rng rng) {}

  /**
   * Takes over the tensors of a weight file, each converted to its declared type.
   *
   * @throws StateDictException if they do not fit exactly; the message says how
   */
  public final void load(StateDict weights) {
    LoadReport report = LoadReport.compare(this, weights);
    if (!report.isExact()) {
      throw new StateDictException(report.describe(weights.name(), getClass().getSimpleName()));
    }
    report.apply(this, weights);
  }

  /** {@link #load} that takes what fits and tells what did not. */
  public final LoadReport loadWhatFits(StateDict weights) {
    LoadReport report = LoadReport.compare(this, weights);
    report.apply(this, weights);
    return report;
  }

  // ---- modes

  /** Training mode, where random layers draw from {@code rng}. */
  public final void train(Rng rng) {
    walk(
        layer -> {
          layer.training = true;
          layer.rng = rng;
        });
  }

  /** Inference mode: no dropout, running statistics in batch norm. The mode layers start in. */
  public final void eval() {
    walk(
        layer -> {
          layer.training = false;
          layer.rng = null;
        });
  }

  public final boolean isTraining() {
    return training;
  }

  /** The source of random numbers while training. */
  protected final Rng rng() {
    if (rng == null) {
      throw new IllegalStateException("not in training: call train(rng) first");
    }
    return rng;
  }

  // ---- changing the tree

  /** Stops training of parameters whose key matches; gives their number. */
  public final int freeze(String pattern) {
    return setTrainable(pattern, false);
  }

  /** Starts training of parameters whose key matches; gives their number. */
  public final int unfreeze(String pattern) {
    return setTrainable(pattern, true);
  }

  private int setTrainable(String pattern, boolean trainable) {
    PathPattern keys = new PathPattern(pattern);
    List<Param> matching = new ArrayList<>();
    state()
        .forEach(
            (key, param) -> {
              if (param.kind() == Param.Kind.PARAMETER && keys.matches(key)) {
                matching.add(param);
              }
            });
    if (matching.isEmpty()) {
      throw new IllegalArgumentException(
          "no parameter matches '" + pattern + "'" + Near.hint(pattern, state().keySet()));
    }
    matching.forEach(param -> param.setTrainable(trainable));
    return matching.size();
  }

  /**
   * Puts {@code change(old)} in the place of every layer whose path matches, such as {@code
   * blocks.*.attn.qkv}: {@code *} stands for one name, {@code **} for any number of them. The new
   * layer may keep the old one as a child; if it does not, the caller closes the old one.
   *
   * @return the paths that changed
   * @throws IllegalArgumentException if nothing matches, or a match is not a {@link Slot}
   */
  public final List<String> replace(String pattern, UnaryOperator<UnaryLayer> change) {
    PathPattern paths = new PathPattern(pattern);
    Map<String, Slot> matching = new LinkedHashMap<>();
    walk(
        "",
        (path, layer) ->
            layer.slots.forEach(
                (name, slot) -> {
                  if (paths.matches(join(path, name))) {
                    matching.put(join(path, name), slot);
                  }
                }));
    if (matching.isEmpty()) {
      throw new IllegalArgumentException(
          "no layer matches '" + pattern + "'" + Near.hint(pattern, layers().keySet()));
    }
    matching.forEach((path, slot) -> slot.checkReplaceable(path));
    matching.values().forEach(slot -> slot.replace(change));
    return List.copyOf(matching.keySet());
  }

  /** Converts all floating-point tensors below. */
  public final Layer to(DType dtype) {
    return convert(t -> t.dtype().isFloating() ? t.to(dtype) : t);
  }

  /** Moves all tensors below. */
  public final Layer to(Device device) {
    return convert(t -> t.to(device));
  }

  /** Lays out convolution weights with the channels last, as channels-last inputs like them. */
  public final Layer channelsLast() {
    return convert(t -> t.dim() == 4 ? t.channelsLast() : t);
  }

  private Layer convert(UnaryOperator<Tensor> conversion) {
    walk(layer -> layer.params.values().forEach(param -> param.convert(conversion)));
    return this;
  }

  /** Frees all tensors below. */
  @Override
  public final void close() {
    walk(layer -> layer.params.values().forEach(Param::close));
  }
}
