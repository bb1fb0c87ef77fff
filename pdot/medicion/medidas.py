"""De qué tamaño es la base que se mide (calidad.md) y la que es diez veces esa."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Medidas:
    """Cuántos hay de cada cosa. Los GAD son los de la DPA: lo que crece es lo que hacen.

    Diez veces la escala son diez veces más años de trabajo: la estrategia de hoy es igual de
    grande, y detrás de ella hay diez veces más historia.
    """

    estrategias: int = 3
    encuentros: int = 5_000
    asistencias: int = 100_000
    periodos: int = 3
    evaluaciones_por_plan: int = 2
    necesidades_por_gad: int = 1
    documentos_por_cuenta: int = 300
    avisos_por_cuenta: int = 200

    @classmethod
    def de(cls, escala):
        base = cls()
        return cls(
            estrategias=base.estrategias * escala,
            encuentros=base.encuentros * escala,
            asistencias=base.asistencias * escala,
            periodos=base.periodos * escala,
            necesidades_por_gad=base.necesidades_por_gad * escala,
            documentos_por_cuenta=base.documentos_por_cuenta * escala,
            avisos_por_cuenta=base.avisos_por_cuenta * escala,
        )
