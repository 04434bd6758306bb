import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.jena.query.ARQ;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryExecutionFactory;
import org.apache.jena.query.ReadWrite;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.tdb2.TDB2;
import org.apache.jena.tdb2.TDB2Factory;

/** Loads a file into Apache Jena's TDB2 and writes beside each query of a folder what it answers, as SPARQL JSON. */
public class Ask {
    public static void main(String[] given) throws Exception {
        Dataset store = TDB2Factory.createDataset();
        store.getContext().set(TDB2.symUnionDefaultGraph, true);
        store.begin(ReadWrite.WRITE);
        RDFDataMgr.read(store, given[0]);
        store.commit();
        store.end();
        store.begin(ReadWrite.READ);
        try (var files = Files.newDirectoryStream(Path.of(given[1]), "*.rq")) {
            for (Path file : files) {
                try (QueryExecution asked = QueryExecutionFactory.create(Files.readString(file), store);
                        var out = new FileOutputStream(file + ".json")) {
                    ResultSetFormatter.outputAsJSON(out, asked.execSelect());
                } catch (RuntimeException error) {
                    Files.writeString(Path.of(file + ".error"), error.toString());
                }
            }
        }
        store.end();
    }
}
