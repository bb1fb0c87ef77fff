"""Documentos de los encuentros."""

from dataclasses import dataclass

from django.db.models import Q

from acompanamiento.models import Grupo
from territorios.documentos import nombre_de_pdf, por_nivel
from territorios.emision import Pliego
from territorios.models import Gad

from .models import Encuentro, Facilitacion, PuntoAgenda

PAPELES = {Facilitacion.Papel.FACILITA: "Facilitan", Facilitacion.Papel.ACOMPANA: "Acompañan"}


@dataclass
class Jornada:
    """Una mañana o una tarde del taller. `puntos`: (número corrido en todo el taller, punto)."""

    encuentro: Encuentro
    convocados: list[tuple[str, list[Gad]]]
    puntos: list[tuple[int, PuntoAgenda]]

    @property
    def horas_distintas(self):
        """Si la agenda no empieza o no termina a la hora fijada para el encuentro."""
        fijadas = (self.encuentro.inicio, self.encuentro.fin)
        if not self.puntos or None in fijadas:
            return False
        return fijadas != (self.puntos[0][1].inicio, self.puntos[-1][1].fin)


def agenda_de_taller(encuentro, usuario):
    """El Pliego de la agenda, con las jornadas del taller que ve `usuario`, aunque pida otra.

    El membrete es el de la institución en la fecha del taller. De los grupos que `usuario` no ve
    solo se dice cuántos son. Sin puntos cargados, el documento lo dice y deja lo demás: lugar,
    fecha y participantes.
    """
    encuentros = _visibles(encuentro, usuario)
    taller = encuentros[0]
    grupos = Grupo.objects.visibles_para(usuario).filter(encuentros=taller)
    grupos = list(grupos.select_related("criterio").order_by("numero"))
    contexto = {
        "taller": taller,
        "fecha": taller.fecha,
        "grupos": grupos,
        "grupos_ajenos": taller.grupos.count() - len(grupos),
        "jornadas": _jornadas(encuentros),
        "papeles": papeles_de(taller),
    }
    return Pliego(
        "talleres/documentos/agenda.html",
        contexto,
        titulo=_titulo(taller),
        clase="Agenda",
        clave=f"agenda:{taller.pk}",
        nombre=nombre_de_pdf("Agenda", taller.lugar, taller.fecha.isoformat()),
    )


def _visibles(encuentro, usuario):
    """Las jornadas del taller que ve `usuario`, la primera al frente. `encuentro` es una de ellas.

    Lo común al taller lo lleva la primera; a quien no la ve, se lo dice la que sí.
    """
    primera = encuentro.taller.pk
    visibles = Encuentro.objects.visibles_para(usuario)
    jornadas = visibles.filter(Q(pk=primera) | Q(jornada_de=primera)).select_related("canton")
    return sorted(jornadas, key=lambda jornada: jornada.pk != primera)


def _titulo(taller):
    clase = "taller" if taller.tipo == Encuentro.Tipo.M3 else "encuentro"
    return f"Agenda del {clase} · {taller.lugar}, {taller.fecha:%d/%m/%Y}"


def _jornadas(encuentros):
    jornadas, siguiente = [], 1
    for encuentro in encuentros:
        puntos = list(enumerate(encuentro.agenda.all(), siguiente))
        siguiente += len(puntos)
        convocados = encuentro.gads_convocados.para_lista()
        jornadas.append(Jornada(encuentro, por_nivel(convocados), puntos))
    return jornadas


def papeles_de(taller):
    """[(«Facilitan», [nombre, …]), («Acompañan», […])], con las siglas al lado del nombre."""
    por_papel = {papel: [] for papel in PAPELES}
    for facilitacion in taller.facilitaciones.select_related("entidad"):
        por_papel[facilitacion.papel].append(_con_siglas(facilitacion.entidad))
    return [(PAPELES[papel], nombres) for papel, nombres in por_papel.items()]


def _con_siglas(entidad):
    if not entidad.siglas:
        return entidad.nombre
    # «Secretaría… (matriz), STPE»: dos paréntesis seguidos se leen mal.
    siglas = f", {entidad.siglas}" if entidad.nombre.endswith(")") else f" ({entidad.siglas})"
    return entidad.nombre + siglas
