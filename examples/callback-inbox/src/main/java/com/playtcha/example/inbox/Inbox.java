package com.playtcha.example.inbox;

import com.playtcha.jakarta.late.LateResults;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Puts the application together: who takes the results, who watches them, who sends the tasks out. */
public class Inbox implements ServletContextListener {
    private static final String NAME = Inbox.class.getName();

    @Resource(name = "jdbc/inbox")
    private DataSource database;

    private LateResults late;
    private Effects effects;
    private Board board;
    private Tasks tasks;

    /** The application's, from its start to its end. */
    static Inbox of(ServletContext context) {
        return (Inbox) context.getAttribute(NAME);
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        late = (LateResults) context.getAttribute(LateResults.ATTRIBUTE);
        board = new Board(late);
        try {
            effects = Effects.in(database);
            tasks = new Tasks(
                    URI.create(context.getInitParameter("inbox.service-url")), database, late.getTasks(), board);
            tasks.showUnfinished();
        } catch (SQLException e) {
            throw new IllegalStateException("The database jdbc/inbox cannot be used: " + e.getMessage(), e);
        }
        late.setHandler(effects);
        late.addListener(board);
        tasks.start("true".equals(context.getInitParameter("inbox.trickle")));
        context.setAttribute(NAME, this);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (tasks != null) {
            tasks.close();
        }
    }

    LateResults late() {
        return late;
    }

    Effects effects() {
        return effects;
    }

    Board board() {
        return board;
    }

    Tasks tasks() {
        return tasks;
    }
}
