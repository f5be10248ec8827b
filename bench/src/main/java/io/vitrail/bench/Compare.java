package io.vitrail.bench;

import io.vitrail.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs both sides in turns, several rounds, and writes the medians and their ratios.
 *
 * <p>Each side is a process of its own that prints {@code name<TAB>value} lines. Turns, and not one
 * side after the other, because machines have moods.
 */
public final class Compare {
  /** A side: what to call it, and how to run it. */
  private record Side(String name, List<String> command) {}

  /** A comparison: our side first. */
  private record Duel(String name, Side ours, List<Side> theirs) {}

  private final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private final String python;
  private final Path scripts;
  private final int threads = Runtime.getRuntime().availableProcessors();

  private Compare(String python, Path scripts) {
    this.python = python;
    this.scripts = scripts;
  }

  /**
   * Arguments: python, folder of scripts, rounds, output CSV, then isnet WEIGHTS PHOTO | vit |
   * vision.
   */
  public static void main(String[] args) throws IOException {
    Compare compare = new Compare(args[0], Path.of(args[1]));
    int rounds = Integer.parseInt(args[2]);
    Path csv = Path.of(args[3]);
    List<Duel> duels =
        switch (args[4]) {
          case "isnet" -> compare.isnet(args[5], args[6]);
          case "vit" -> compare.transformer();
          case "vision" -> compare.vision();
          default -> throw new IllegalArgumentException("isnet, vit or vision, not " + args[4]);
        };
    StringBuilder table = new StringBuilder("duel,metric,side,median,ours/theirs\n");
    for (Duel duel : duels) {
      compare.run(duel, rounds, table);
    }
    Files.writeString(csv, table);
    System.out.println(compare.python(List.of("-c", VERSIONS)));
  }

  private static final String VERSIONS =
      "import torch, timm, onnxruntime; print('torch', torch.__version__, 'timm',"
          + " timm.__version__, 'onnxruntime', onnxruntime.__version__)";

  private List<Duel> isnet(String weights, String photo) throws IOException {
    String out = Files.createTempFile("vitrail-bench", ".png").toString();
    String script = scripts.resolve("isnet_onnxruntime.py").toString();
    List<Side> theirs = new ArrayList<>();
    for (String tool : List.of("onnxruntime", "rembg")) {
      theirs.add(
          new Side(
              tool,
              List.of(python, script, tool, weights, photo, "3", String.valueOf(threads), out)));
    }
    List<Duel> duels = new ArrayList<>();
    for (String[] how : new String[][] {{"F32", "PHOTO"}, {"AUTO", "ESTIMATE"}}) {
      List<String> command = ours("IsnetSide");
      command.addAll(List.of(how[0], how[1], weights, photo, "3", out));
      String name =
          "isnet "
              + how[0].toLowerCase(Locale.ROOT)
              + " foreground "
              + how[1].toLowerCase(Locale.ROOT);
      duels.add(new Duel(name, new Side("vitrail", command), theirs));
    }
    return duels;
  }

  /**
   * Where bfloat16 is emulated, it trains one block: the whole net takes PyTorch minutes a step.
   */
  private List<Duel> transformer() {
    String bf16Depth = Engine.info().cpuBf16() ? "12" : "1";
    List<Duel> duels = new ArrayList<>();
    for (String[] what :
        new String[][] {
          {"f32", "forward", "12", "8", "3"},
          {"f32", "train", "12", "8", "3"},
          {"bf16", "forward", "12", "8", "3"},
          {"bf16", "train", bf16Depth, "8", "3"}
        }) {
      List<String> command = ours("TransformerSide");
      command.addAll(List.of(what));
      List<String> torch =
          new ArrayList<>(List.of(python, scripts.resolve("transformer_torch.py").toString()));
      torch.addAll(List.of(what));
      torch.add(String.valueOf(threads));
      duels.add(
          new Duel(
              "transformer "
                  + String.join(" ", what[0], what[1], "depth", what[2], "batch", what[3]),
              new Side("vitrail", command),
              List.of(new Side("torch", torch))));
    }
    return duels;
  }

  private List<Duel> vision() {
    List<Duel> duels = new ArrayList<>();
    for (String precision : new String[] {"f32", "bf16"}) {
      for (String[] what :
          new String[][] {
            {"vit_small_patch16_224", "16", "4"},
            {"vit_base_patch16_224", "8", "3"},
            {"resnet50", "16", "4"},
            {"swin_tiny_patch4_window7_224", "16", "4"}
          }) {
        List<String> run = List.of(what[0], precision, what[1], what[2]);
        List<String> command = ours("VisionSide");
        command.addAll(run);
        if (what[0].startsWith("vit_small")) {
          command.add("masksub");
        }
        List<String> timm =
            new ArrayList<>(List.of(python, scripts.resolve("vision_timm.py").toString()));
        timm.addAll(run);
        timm.add(String.valueOf(threads));
        duels.add(
            new Duel(
                "%s %s batch %s".formatted(what[0], precision, what[1]),
                new Side("vitrail", command),
                List.of(new Side("timm", timm))));
      }
    }
    return duels;
  }

  private List<String> ours(String main) {
    return new ArrayList<>(
        List.of(
            java,
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Compare.class.getPackageName() + "." + main));
  }

  private void run(Duel duel, int rounds, StringBuilder csv) throws IOException {
    List<Side> sides = new ArrayList<>(List.of(duel.ours));
    sides.addAll(duel.theirs);
    Map<String, Map<String, List<Double>>> seen = new LinkedHashMap<>(); // metric, side
    for (int round = 0; round < rounds; round++) {
      for (Side side : sides) {
        for (Map.Entry<String, Double> entry : measure(side).entrySet()) {
          seen.computeIfAbsent(entry.getKey(), k -> new LinkedHashMap<>())
              .computeIfAbsent(side.name, k -> new ArrayList<>())
              .add(entry.getValue());
        }
      }
    }
    System.out.println(duel.name);
    seen.forEach(
        (metric, bySide) -> {
          double ours = median(bySide.get(duel.ours.name));
          bySide.forEach(
              (side, values) -> {
                double median = median(values);
                String ratio = "%.2f".formatted(ours / median);
                System.out.printf(
                    Locale.ROOT,
                    "  %-28s %-12s %10.3f  ours/theirs %s%n",
                    metric,
                    side,
                    median,
                    ratio);
                csv.append(
                    String.format(
                        Locale.ROOT, "%s,%s,%s,%.4f,%s%n", duel.name, metric, side, median, ratio));
              });
        });
  }

  private Map<String, Double> measure(Side side) throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String line : output(side.command).split("\n")) {
      String[] parts = line.split("\t");
      if (parts.length == 2) {
        values.put(parts[0], Double.parseDouble(parts[1]));
      }
    }
    if (values.isEmpty()) {
      throw new IOException(side.name + " printed no values: " + String.join(" ", side.command));
    }
    return values;
  }

  private String python(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python));
    command.addAll(arguments);
    return output(command).strip();
  }

  private static String output(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    try (var reader = process.inputReader()) {
      StringBuilder text = new StringBuilder();
      reader.lines().forEach(line -> text.append(line).append('\n'));
      if (process.waitFor() != 0) {
        throw new IOException(
            "exit code " + process.exitValue() + ": " + String.join(" ", command));
      }
      return text.toString();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static double median(List<Double> values) {
    return Measure.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
