"""Quiénes participaron, por nivel de gobierno y sexo: cuentas, nunca nombres.

Lo registrado persona por persona y lo que se declaró en bloque van siempre aparte y no se suman:
un mismo taller puede tener las dos cosas. Un encuentro de varios grupos se cuenta en cada uno; el
total lo cuenta una vez.
"""

from dataclasses import dataclass

from talleres.asistencia import Asistencia, contar, contar_por_encuentro
from talleres.models import Participante

from .graficos import acotar, apiladas, barras
from .lectura import encuentros_de, grupos_de
from .secciones import Seccion

NADIE = Asistencia(())
# Un informe nacional no enumera miles de encuentros: están en la exportación.
ENCUENTROS_EN_LA_TABLA = 120


@dataclass
class RenglonDeGrupo:
    """Lo de un grupo. `declarados` es None si ninguno de sus encuentros declara un total."""

    grupo: object
    encuentros: int = 0
    declarados: int | None = None
    mujeres: int = 0
    hombres: int = 0
    sin_dato: int = 0

    @property
    def registrados(self):
        return self.mujeres + self.hombres + self.sin_dato

    def sumar(self, encuentro):
        suma = encuentro.asistencia.suma
        self.encuentros += 1
        self.mujeres += suma.mujeres
        self.hombres += suma.hombres
        self.sin_dato += suma.sin_dato
        if encuentro.participantes_declarados is not None:
            self.declarados = (self.declarados or 0) + encuentro.participantes_declarados


def contexto(alcance):
    """Las cuentas por encuentro, por grupo y por nivel y sexo. Las consultas no crecen."""
    grupos = grupos_de(alcance)
    encuentros = _con_gente(alcance)
    asistencia = _asistencia(encuentros)
    declaran = [e for e in encuentros if e.participantes_declarados is not None]
    renglones = _por_grupo(grupos, encuentros)
    return {
        "encuentros": encuentros,
        "se_listan": len(encuentros) <= ENCUENTROS_EN_LA_TABLA,
        "grupos": renglones,
        "compartidos": any(len(e.en_grupos) > 1 for e in encuentros),
        "asistencia": asistencia,
        "declarados": sum(e.participantes_declarados for e in declaran) if declaran else None,
        "cuantos_declaran": len(declaran),
        "grafico_declarados": _grafico_de_declarados(renglones),
        "grafico_niveles": _grafico_de_niveles(asistencia),
    }


def _con_gente(alcance):
    """Los encuentros con alguien registrado o con un total declarado, en orden."""
    encuentros = list(
        encuentros_de(alcance).select_related("canton").prefetch_related("grupos").en_orden()
    )
    cuentas = contar_por_encuentro(encuentros_de(alcance).order_by().values("pk"))
    visibles = set(alcance.grupos.values_list("pk", flat=True))
    for encuentro in encuentros:
        encuentro.asistencia = cuentas.get(encuentro.pk, NADIE)
        # De otros grupos que no ve, ni el número.
        suyos = [grupo for grupo in encuentro.grupos.all() if grupo.pk in visibles]
        encuentro.en_grupos = sorted(suyos, key=lambda grupo: grupo.numero)
    return [e for e in encuentros if e.asistencia or e.participantes_declarados is not None]


def _asistencia(encuentros):
    """La de todos, cada encuentro una vez."""
    return contar(Participante.objects.filter(encuentro__in=[e.pk for e in encuentros]))


def _por_grupo(grupos, encuentros):
    renglones = {grupo.pk: RenglonDeGrupo(grupo) for grupo in grupos}
    for encuentro in encuentros:
        for grupo in encuentro.en_grupos:
            if grupo.pk in renglones:
                renglones[grupo.pk].sumar(encuentro)
    return list(renglones.values())


def _grafico_de_declarados(renglones):
    filas = [(str(r.grupo), r.declarados) for r in renglones if r.declarados is not None]
    titulo = "Participantes declarados en bloque, por grupo"
    return barras(acotar(filas, "grupos"), titulo=titulo, unidad="personas", nombre="Grupo")


def _grafico_de_niveles(asistencia):
    filas = [(r.nombre, [r.mujeres, r.hombres, r.sin_dato]) for r in asistencia.por_nivel]
    series = ("Mujeres", "Hombres", "No lo dicen")
    titulo = "Participantes registrados, por nivel de gobierno y sexo"
    return apiladas(filas, series, titulo=titulo, nombre="Nivel", proporcion=False)


SECCION = Seccion("participantes", "Participantes", "pdot/informe/participantes.html", contexto)
