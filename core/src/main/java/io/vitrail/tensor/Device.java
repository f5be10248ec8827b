package io.vitrail.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/**
 * Where a tensor lives.
 *
 * @param kind CPU or CUDA
 * @param index which GPU, from 0; always 0 for the CPU
 */
public record Device(Kind kind, int index) {
  /** The kinds of device. */
  public enum Kind {
    CPU,
    CUDA
  }

  /** The CPU. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  public Device {
    if (index < 0 || (kind == Kind.CPU && index != 0)) {
      throw new TensorException("no device " + kind.name().toLowerCase(Locale.ROOT) + ":" + index);
    }
  }

  /**
   * The {@code index}-th NVIDIA GPU.
   *
   * @throws TensorException if this process cannot use it; the message says why
   */
  public static Device cuda(int index) {
    NativeLibrary.load();
    if (!torch.cuda_is_available()) {
      throw new TensorException(
          "no CUDA device: none is visible, or the natives with classifier '-gpu' are not on the"
              + " class path; run 'vitrail doctor'");
    }
    int count = torch.cuda_device_count();
    if (index >= count) {
      throw new TensorException("no device cuda:" + index + "; this machine has " + count);
    }
    return new Device(Kind.CUDA, index);
  }

  /** Whether a CUDA device can be used by this process. */
  public static boolean hasCuda() {
    NativeLibrary.load();
    return torch.cuda_is_available();
  }

  /** Reads {@code cpu}, {@code cuda} or {@code cuda:1}. */
  public static Device parse(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (name.equals("cpu")) {
      return CPU;
    }
    if (name.equals("cuda")) {
      return cuda(0);
    }
    if (name.matches("cuda:\\d{1,3}")) {
      return cuda(Integer.parseInt(name.substring(5)));
    }
    throw new TensorException("unknown device '" + text + "'; known are cpu, cuda, cuda:N");
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }

  org.bytedeco.pytorch.Device nat() {
    return kind == Kind.CPU
        ? new org.bytedeco.pytorch.Device(torch.DeviceType.CPU)
        : new org.bytedeco.pytorch.Device(torch.DeviceType.CUDA, (byte) index);
  }

  static Device of(org.bytedeco.pytorch.Device device) {
    return device.is_cuda() ? new Device(Kind.CUDA, device.index()) : CPU;
  }
}
