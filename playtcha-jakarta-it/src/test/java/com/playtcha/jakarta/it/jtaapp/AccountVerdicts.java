package com.playtcha.jakarta.it.jtaapp;

import com.playtcha.jakarta.late.Delivery;
import com.playtcha.jakarta.late.LateResult;
import com.playtcha.jakarta.late.LateResultHandler;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The handler of the page about JPA. What an id begins with decides on more: {@code plain} leaves the completion to the engine,
 * {@code unwraps} asks for the engine's connection, {@code slow} takes time, {@code …-before} and {@code …-after} wait to be killed on that side of the
 * commit.
 */
@ApplicationScoped
public class AccountVerdicts implements LateResultHandler {
    @PersistenceContext
    private EntityManager entities;

    @Resource(lookup = "java:app/jdbc/late")
    private DataSource dataSource;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transactions;

    @Override
    @Transactional(rollbackOn = Exception.class)
    public void handle(LateResult result, Delivery delivery) throws SQLException {
        String id = result.getId();
        entities.createQuery("UPDATE Account a SET a.verdicts = a.verdicts + 1 WHERE a.id = :id")
                .setParameter("id", id)
                .executeUpdate();
        if (id.startsWith("slow")) {
            KillPoint.takeTime();
        }
        if (id.startsWith("unwraps")) {
            delivery.unwrap(Connection.class);
        }
        if (!id.startsWith("plain")) {
            try (Connection connection = dataSource.getConnection()) {
                delivery.completeWith(connection);
            }
        }
        if (id.endsWith("-before")) {
            KillPoint.reach(id);
        } else if (id.endsWith("-after")) {
            transactions.registerInterposedSynchronization(new AfterCommit(id));
        }
    }

    private record AfterCommit(String id) implements Synchronization {
        @Override
        public void beforeCompletion() {
            // What was written is still to be committed.
        }

        @Override
        public void afterCompletion(int status) {
            KillPoint.reach(id);
        }
    }
}
