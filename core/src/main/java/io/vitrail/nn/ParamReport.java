package io.vitrail.nn;

import java.util.Locale;

/**
 * How large a network is, buffers not counted.
 *
 * @param total parameters
 * @param trainable parameters that training changes
 * @param bytes memory of all parameters
 */
public record ParamReport(long total, long trainable, long bytes) {
  static ParamReport of(Layer layer) {
    long total = 0;
    long trainable = 0;
    long bytes = 0;
    for (Param param : layer.state().values()) {
      if (param.kind() == Param.Kind.PARAMETER) {
        total += param.count();
        trainable += param.isTrainable() ? param.count() : 0;
        bytes += param.count() * (param.isSet() ? param.value().dtype() : param.storedAs()).bytes();
      }
    }
    return new ParamReport(total, trainable, bytes);
  }

  /** Such as {@code 86,567,656 parameters, 294,912 trainable (0.34 %), 330.2 MiB}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d parameters, %,d trainable (%.2f %%), %.1f MiB",
        total,
        trainable,
        total == 0 ? 0.0 : 100.0 * trainable / total,
        bytes / 1048576.0);
  }
}
