package io.vitrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrail.vision.classification.Label;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** How labels are shown on standard output. */
sealed interface LabelPrinter {
  /** The labels of a photo, likeliest first. */
  void labels(String photo, List<Label> labels);

  /** A photo that gave nothing; standard error tells it too. */
  void failed(Failure failure);

  /** For people. */
  record Text(PrintStream out) implements LabelPrinter {
    @Override
    public void labels(String photo, List<Label> labels) {
      out.println(photo);
      for (Label label : labels) {
        out.println(
            String.format(Locale.ROOT, "%7.2f %%  %s", 100 * label.probability(), label.name()));
      }
    }

    @Override
    public void failed(Failure failure) {}
  }

  /** One object a line: {@code file}, and {@code labels} or {@code error}. */
  record Json(PrintStream out) implements LabelPrinter {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void labels(String photo, List<Label> labels) {
      ObjectNode line = JSON.createObjectNode().put("file", photo);
      ArrayNode array = line.putArray("labels");
      for (Label label : labels) {
        array
            .addObject()
            .put("index", label.index())
            .put("label", label.name())
            .put("probability", (float) label.probability());
      }
      print(line);
    }

    @Override
    public void failed(Failure failure) {
      print(JSON.createObjectNode().put("file", failure.what()).put("error", failure.reason()));
    }

    private void print(ObjectNode line) {
      try {
        out.println(JSON.writeValueAsString(line));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e); // trees can be written
      }
    }
  }

  /** A table with a header, quoted as RFC 4180 has it. */
  final class Csv implements LabelPrinter {
    private final PrintStream out;

    Csv(PrintStream out) {
      this.out = out;
      out.println("file,rank,index,label,probability");
    }

    @Override
    public void labels(String photo, List<Label> labels) {
      for (int i = 0; i < labels.size(); i++) {
        Label label = labels.get(i);
        out.println(
            String.format(
                Locale.ROOT,
                "%s,%d,%d,%s,%.6f",
                quoted(photo),
                i + 1,
                label.index(),
                quoted(label.name()),
                label.probability()));
      }
    }

    @Override
    public void failed(Failure failure) {}

    private static String quoted(String text) {
      boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
  }
}
