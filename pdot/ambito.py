"""Qué se cuenta como «lo de una zona». Se dice aquí una vez; nadie lo decide por su cuenta.

Lo leen el inicio, el avance, `resumen`, la API, las listas y el informe de la zona:

- *GAD*: los de su territorio. *Acompañados*: los de ellos que hoy integran un grupo conformado.
- *Evaluaciones*: las de sus GAD.
- *Hitos de la hoja de ruta*: cada hito frente a sus GAD.
- *Grupos*: los que coordina o en los que tiene algún GAD. *Acuerdos*: los de esos grupos.
- *Encuentros*: los de esos grupos y, de los que no son de ninguno, los hechos en sus cantones.
- *Traslados*: los de los días en que tiene un encuentro.

Un grupo que cruza a otra zona es de las dos, con sus encuentros y sus acuerdos; un GAD y su
evaluación, de una sola. Por eso la suma de las zonas es el país en GAD y evaluaciones, y puede
pasar de él en lo demás.

Por compartir un grupo, una zona ve además los GAD de otra y lo que se les aprobó. Se puede leer en
todas partes, pero no se suma a lo suyo: se dice aparte, como *de otra zona*.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from acompanamiento.models import Acuerdo, Grupo
from talleres.models import Encuentro, Traslado

from .models import Evaluacion


@dataclass(frozen=True)
class Ambito:
    """Lo que se cuenta: todo lo que alguien ve, o lo de una zona."""

    grupos: QuerySet
    encuentros: QuerySet
    traslados: QuerySet
    acuerdos: QuerySet
    evaluaciones: QuerySet

    @classmethod
    def de(cls, usuario, zona=None):
        """Lo que ve `usuario`; con la clave de una zona, solo lo de ella."""
        consultas = {
            "grupos": Grupo.objects,
            "encuentros": Encuentro.objects,
            "traslados": Traslado.objects,
            "acuerdos": Acuerdo.objects,
            "evaluaciones": Evaluacion.objects,
        }
        return cls(**{n: lo_de(zona, c.visibles_para(usuario)) for n, c in consultas.items()})


def lo_de(zona, consulta):
    """De lo que trae `consulta`, lo de la zona; entera si `zona` es None."""
    return consulta if zona is None else consulta.de_zona(zona)
