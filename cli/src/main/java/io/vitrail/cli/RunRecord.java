package io.vitrail.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.training.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What a run's folder remembers of its command: the recipe, and where the data are. */
record RunRecord(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** All of the recipe, as it is trained. */
  Path recipeFile() {
    return folder.resolve("recipe.json");
  }

  private Path dataFile() {
    return folder.resolve("data.json");
  }

  Optional<Recipe> recipe() throws IOException {
    return Files.exists(recipeFile()) ? Optional.of(Recipes.read(recipeFile())) : Optional.empty();
  }

  Optional<String> data() throws IOException {
    return Files.exists(dataFile())
        ? Optional.ofNullable(JSON.readTree(dataFile().toFile()).path("data").textValue())
        : Optional.empty();
  }

  void write(Recipe recipe, String data) throws IOException {
    Files.createDirectories(folder);
    Recipes.write(recipe, recipeFile());
    Path path = Path.of(data);
    String where = Files.exists(path) ? path.toAbsolutePath().normalize().toString() : data;
    Files.writeString(dataFile(), JSON.writeValueAsString(Map.of("data", where)) + "\n");
  }
}
