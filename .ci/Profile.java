import java.io.File;
import org.semanticweb.HermiT.ReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.Profiles;

/** Says whether an ontology is in OWL 2 DL and OWL 2 RL (by the OWL API), consistent and free of empty classes (by HermiT). */
public class Profile {
    public static void main(String[] given) throws Exception {
        OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(given[0]));
        boolean good = true;
        for (Profiles profile : new Profiles[] {Profiles.OWL2_DL, Profiles.OWL2_RL}) {
            var report = profile.checkOntology(ontology);
            System.out.println(profile + ": " + (report.isInProfile() ? "yes" : "no"));
            report.getViolations().forEach(one -> System.out.println("  " + one));
            good &= report.isInProfile();
        }
        var reasoner = new ReasonerFactory().createReasoner(ontology);
        boolean consistent = reasoner.isConsistent();
        var empty = consistent ? reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom() : null;
        System.out.println("axioms: " + ontology.getAxiomCount());
        System.out.println("consistent: " + (consistent ? "yes" : "no"));
        System.out.println("classes that nothing can belong to: " + (consistent ? empty : "all"));
        System.exit(good && consistent && empty.isEmpty() ? 0 : 1);
    }
}
