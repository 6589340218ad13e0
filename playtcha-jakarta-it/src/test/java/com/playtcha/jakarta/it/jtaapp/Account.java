package com.playtcha.jakarta.it.jtaapp;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** What a visitor created; it counts the verdicts that had effect on it. */
@Entity
@Table(name = "jta_account")
public class Account {
    @Id
    String id = "";

    int verdicts;
}
