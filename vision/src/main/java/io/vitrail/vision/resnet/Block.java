package io.vitrail.vision.resnet;

import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Bias;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.DropPath;
import io.vitrail.nn.Sequential;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A residual block: {@code relu(shortcut(x) + dropPath(convolutions(x)))}. */
public final class Block extends UnaryLayer {
  /** The two blocks of the paper (figure 5). */
  public enum Kind {
    /** Two 3 x 3 convolutions. */
    BASIC(1),
    /** A 1 x 1 convolution down, a 3 x 3 one, and a 1 x 1 one up to four times the width. */
    BOTTLENECK(4);

    private final int expansion;

    Kind(int expansion) {
      this.expansion = expansion;
    }

    /** Channels of the result as a multiple of the block's width. */
    public int expansion() {
      return expansion;
    }
  }

  private final List<Slot> convs = new ArrayList<>(); // conv1, conv2, ...
  private final List<Slot> norms = new ArrayList<>(); // bn1, bn2, ...
  private final BatchNorm2d lastNorm;
  private final DropPath dropPath;
  private final @Nullable Slot downsample;

  Block(Kind kind, int in, int width, int stride, double dropPath) {
    int out = width * kind.expansion;
    lastNorm = new BatchNorm2d(out);
    switch (kind) {
      case BASIC -> {
        unit(new Conv2d(in, width, 3, conv(stride, 1), Bias.NO), new BatchNorm2d(width));
        unit(new Conv2d(width, out, 3, conv(1, 1), Bias.NO), lastNorm);
      }
      case BOTTLENECK -> {
        unit(new Conv2d(in, width, 1, conv(1, 0), Bias.NO), new BatchNorm2d(width));
        unit(new Conv2d(width, width, 3, conv(stride, 1), Bias.NO), new BatchNorm2d(width));
        unit(new Conv2d(width, out, 1, conv(1, 0), Bias.NO), lastNorm);
      }
    }
    this.dropPath = child("drop_path", new DropPath(dropPath));
    downsample =
        stride == 1 && in == out
            ? null
            : slot(
                "downsample",
                new Sequential(
                    new Conv2d(in, out, 1, conv(stride, 0), Bias.NO), new BatchNorm2d(out)));
  }

  private void unit(Conv2d conv, BatchNorm2d norm) {
    int number = convs.size() + 1;
    convs.add(slot("conv" + number, conv));
    norms.add(slot("bn" + number, norm));
  }

  private static F.Conv conv(int stride, int padding) {
    return F.Conv.DEFAULT.withStride(stride).withPadding(padding);
  }

  /** The residual branch starts at zero, so that the network starts shallow (arXiv 1706.02677). */
  @Override
  protected void initOwn(Rng rng) {
    lastNorm.weight().set(() -> Tensor.zeros(lastNorm.weight().shape()));
  }

  @Override
  public Tensor forward(Tensor x) { // [B, in, H, W]
    return Scope.keep(
        () -> {
          Tensor residual = x;
          for (int i = 0; i < convs.size(); i++) {
            residual = norms.get(i).forward(convs.get(i).forward(residual));
            if (i < convs.size() - 1) {
              residual = F.reluInPlace(residual);
            }
          }
          Tensor shortcut = downsample == null ? x : downsample.forward(x);
          return F.reluInPlace(dropPath.forward(residual).add(shortcut)); // [B, out, H/s, W/s]
        });
  }
}
