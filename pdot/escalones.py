"""Los escalones del acompañamiento de un GAD, del más bajo al más alto."""

from django.db import models

# Los tres niveles de Gad.NIVELES_DE, como se leen.
NIVELES = {
    "provinciales": "Provincial",
    "municipales": "Municipal",
    "parroquiales": "Parroquial rural",
}


class Escalon(models.TextChoices):
    NUNCA = "nunca", "Nunca acompañado"
    PROPUESTO = "propuesto", "Solo propuesto"
    GRUPO = "grupo", "En grupo"
    M1 = "M1", "M1 realizado"
    M2 = "M2", "M2 realizado"
    M3 = "M3", "M3 realizado"
    EVALUADO = "evaluado", "PDOT evaluado"
    APROBADO = "aprobado", "Evaluación aprobada"
    PLAN = "plan", "Plan actualizado"

    @property
    def solo_de(self):
        """La columna de Gad.NIVELES_DE a la que toca; "" si a todas."""
        return {"M1": "provinciales", "M2": "municipales"}.get(self.value, "")

    @property
    def plural(self):
        """Cómo se llaman los GAD que lo alcanzaron."""
        return PLURAL[self]

    @property
    def estado(self):
        """La clase de estado con que se lee en una lista."""
        return ESTADO.get(self, "")

    @classmethod
    def momentos(cls):
        return [cls.M1, cls.M2, cls.M3]

    def orden(self):
        return ORDEN[self]


ESTADO = {
    Escalon.GRUPO: "conformado",
    Escalon.M1: "en_marcha",
    Escalon.M2: "en_marcha",
    Escalon.M3: "en_marcha",
    Escalon.EVALUADO: "enviada",
    Escalon.APROBADO: "aprobada",
    Escalon.PLAN: "aprobada",
}
PLURAL = {
    Escalon.NUNCA: "Nunca acompañados",
    Escalon.PROPUESTO: "de ellos, propuestos",
    Escalon.GRUPO: "En grupo",
    Escalon.M1: "Con M1",
    Escalon.M2: "Con M2",
    Escalon.M3: "Con M3",
    Escalon.EVALUADO: "Evaluados",
    Escalon.APROBADO: "Aprobados",
    Escalon.PLAN: "Con plan actualizado",
}
ORDEN = {escalon: lugar for lugar, escalon in enumerate(Escalon)}
